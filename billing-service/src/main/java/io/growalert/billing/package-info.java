@NullMarked
package io.growalert.billing;

import org.jspecify.annotations.NullMarked;
