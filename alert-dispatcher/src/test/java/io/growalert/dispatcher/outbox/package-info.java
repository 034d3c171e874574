@NullMarked
package io.growalert.dispatcher.outbox;

import org.jspecify.annotations.NullMarked;
