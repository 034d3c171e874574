@NullMarked
package io.growalert.monitor.definitions;

import org.jspecify.annotations.NullMarked;
