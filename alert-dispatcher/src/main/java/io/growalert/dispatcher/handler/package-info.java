/** What a kind of receiver has to provide: a {@code HandlerType} that reads its settings and a {@code Handler} that tells. */
@NullMarked
package io.growalert.dispatcher.handler;

import org.jspecify.annotations.NullMarked;
