@NullMarked
package io.growalert.monitor.source.postgres;

import org.jspecify.annotations.NullMarked;
