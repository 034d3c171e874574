@NullMarked
package io.growalert.standalone.room;

import org.jspecify.annotations.NullMarked;
