package io.growalert.dispatcher.template;

import com.samskivert.mustache.BasicCollector;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** A {@link RequestTemplate} whose templates are compiled. A missing variable is empty. */
final class CompiledRequest {
    /** Reads maps only, so that a template cannot reach into objects. */
    private static final Mustache.Collector MAPS = new BasicCollector() {
        @Override
        public <K, V> Map<K, V> createFetcherCache() {
            return new ConcurrentHashMap<>();
        }
    };

    private final String method;
    private final Template url;
    private final Map<String, Template> headers = new LinkedHashMap<>();
    private final Template body;

    CompiledRequest(RequestTemplate template) {
        method = template.method();
        url = compile(template.url(), Escaping.URL);
        new TreeMap<>(template.headers()).forEach((name, value) -> headers.put(name, compile(value, Escaping.HEADER)));
        body = compile(template.body(), template.escaping());
    }

    /** @throws RuntimeException of many kinds when the text is no Mustache template */
    static Template compile(String text, Escaping escaping) {
        return Mustache.compiler()
                .withEscaper(escaping::escape)
                .withCollector(MAPS)
                .defaultValue("")
                .emptyStringIsFalse(true)
                .compile(text);
    }

    RenderedRequest render(Map<String, Object> variables) {
        var rendered = new LinkedHashMap<String, String>();
        headers.forEach(
                (name, value) -> rendered.put(name, value.execute(variables).strip()));
        return new RenderedRequest(method, url.execute(variables).strip(), rendered, body.execute(variables));
    }
}
