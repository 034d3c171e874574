/** The one public port: what comes from outside is held to its limits here and passed on, or refused in words. */
@NullMarked
package io.growalert.gateway;

import org.jspecify.annotations.NullMarked;
