package io.growalert.dispatcher.receiver;

import io.growalert.runtime.PlainReason;

/** The definition files are invalid; the message has one line for each problem. */
public final class BrokenFiles extends IllegalArgumentException implements PlainReason {
    private static final long serialVersionUID = 1L;

    BrokenFiles(String message) {
        super(message);
    }
}
