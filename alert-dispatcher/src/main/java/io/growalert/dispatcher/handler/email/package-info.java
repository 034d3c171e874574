/** Notification by e-mail. */
@NullMarked
package io.growalert.dispatcher.handler.email;

import org.jspecify.annotations.NullMarked;
