@NullMarked
package io.growalert.runtime.brand;

import org.jspecify.annotations.NullMarked;
