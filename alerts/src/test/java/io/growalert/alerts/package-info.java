@NullMarked
package io.growalert.alerts;

import org.jspecify.annotations.NullMarked;
