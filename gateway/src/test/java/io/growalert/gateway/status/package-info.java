@NullMarked
package io.growalert.gateway.status;

import org.jspecify.annotations.NullMarked;
