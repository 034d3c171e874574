package io.growalert.definitions;

/** What the sections of one file share. */
record Scope(String file, Variables variables, Problems problems) {}
