/** Faults on request. */
@NullMarked
package io.growalert.sandbox.fault;

import org.jspecify.annotations.NullMarked;
