/** The interface of a kind of receiver: a {@code HandlerType} reads its settings, a {@code Handler} notifies the receiver. */
@NullMarked
package io.growalert.dispatcher.handler;

import org.jspecify.annotations.NullMarked;
