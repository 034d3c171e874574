/** The receivers of the definition files, and the routes in use. */
@NullMarked
package io.growalert.dispatcher.receiver;

import org.jspecify.annotations.NullMarked;
