/** The notifier: from an alert event on the topic to a finished delivery, in the stages route, hold, group and deliver. */
@NullMarked
package io.growalert.dispatcher.notify;

import org.jspecify.annotations.NullMarked;
