@NullMarked
package io.growalert.sandbox.object;

import org.jspecify.annotations.NullMarked;
