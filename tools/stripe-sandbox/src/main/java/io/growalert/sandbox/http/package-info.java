/** Requests, responses, parameters and errors of the API, and the routes that requests find. */
@NullMarked
package io.growalert.sandbox.http;

import org.jspecify.annotations.NullMarked;
