package io.growalert.runtime;

/** An exception whose message is complete: each line names a place, and operators see it without a stack trace. */
public interface PlainReason {}
