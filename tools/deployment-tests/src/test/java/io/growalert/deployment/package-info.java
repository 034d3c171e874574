@NullMarked
package io.growalert.deployment;

import org.jspecify.annotations.NullMarked;
