package io.growalert.runtime;

/** An exception whose message says all that somebody needs who has to mend it, with every line naming the place. */
public interface PlainReason {}
