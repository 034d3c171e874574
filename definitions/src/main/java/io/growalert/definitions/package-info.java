/**
 * Reading definition files. A file becomes a tree whose every value knows its place; readers take what they know out of
 * it through {@link Section}, and whatever is wrong is collected in {@link Problems}, so that one look at a file reports
 * everything. What the values mean is the business of the service that reads them.
 */
@NullMarked
package io.growalert.definitions;

import org.jspecify.annotations.NullMarked;
