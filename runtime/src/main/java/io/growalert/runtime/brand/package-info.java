/** The name, the colour and the links under which customers see the product. */
@NullMarked
package io.growalert.runtime.brand;

import org.jspecify.annotations.NullMarked;
