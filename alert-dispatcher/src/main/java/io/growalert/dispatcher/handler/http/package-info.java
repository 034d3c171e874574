/** Notification by an HTTP request that the operator describes by templates. */
@NullMarked
package io.growalert.dispatcher.handler.http;

import org.jspecify.annotations.NullMarked;
