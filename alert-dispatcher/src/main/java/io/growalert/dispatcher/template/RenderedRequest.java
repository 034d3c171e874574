package io.growalert.dispatcher.template;

import java.util.Map;

/** A request with all values in place; it may hold secrets. */
record RenderedRequest(String method, String url, Map<String, String> headers, String body) {
    @Override
    public String toString() {
        return "RenderedRequest[" + method + "]";
    }
}
