@NullMarked
package io.growalert.monitor.run;

import org.jspecify.annotations.NullMarked;
