/** The one public port: requests from outside are limited here, then forwarded or rejected with problem details. */
@NullMarked
package io.growalert.gateway;

import org.jspecify.annotations.NullMarked;
