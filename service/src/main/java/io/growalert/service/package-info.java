/** What every service starts with. */
@NullMarked
package io.growalert.service;

import org.jspecify.annotations.NullMarked;
