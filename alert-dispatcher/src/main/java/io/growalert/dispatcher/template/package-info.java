/** Requests as Mustache templates over an alert event, and what their answers mean; the kinds of receivers that use HTTP are built on it. */
@NullMarked
package io.growalert.dispatcher.template;

import org.jspecify.annotations.NullMarked;
