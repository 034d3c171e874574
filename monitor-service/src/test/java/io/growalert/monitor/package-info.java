@NullMarked
package io.growalert.monitor;

import org.jspecify.annotations.NullMarked;
