@NullMarked
package io.growalert.sandbox;

import org.jspecify.annotations.NullMarked;
