@NullMarked
package io.growalert.events;

import org.jspecify.annotations.NullMarked;
