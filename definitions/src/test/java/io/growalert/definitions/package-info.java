@NullMarked
package io.growalert.definitions;

import org.jspecify.annotations.NullMarked;
