/** The receivers of the definition files. */
@NullMarked
package io.growalert.dispatcher.receiver;

import org.jspecify.annotations.NullMarked;
