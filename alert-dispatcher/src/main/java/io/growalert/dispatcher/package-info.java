@NullMarked
package io.growalert.dispatcher;

import org.jspecify.annotations.NullMarked;
