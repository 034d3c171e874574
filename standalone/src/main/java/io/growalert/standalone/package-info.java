@NullMarked
package io.growalert.standalone;

import org.jspecify.annotations.NullMarked;
