/** Text messages (SMS) by Twilio. */
@NullMarked
package io.growalert.dispatcher.handler.twilio;

import org.jspecify.annotations.NullMarked;
