@NullMarked
package io.growalert.gateway;

import org.jspecify.annotations.NullMarked;
