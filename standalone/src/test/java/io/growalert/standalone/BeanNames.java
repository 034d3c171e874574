package io.growalert.standalone;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts a service, prints the names of its beans, and stops it: in a separate JVM, with its own class path. */
final class BeanNames {
    private BeanNames() {}

    /** The service's main class, then its settings as {@code name=value}. */
    public static void main(String[] args) throws Exception {
        var settings = new HashMap<String, Object>();
        Arrays.stream(args)
                .skip(1)
                .map(setting -> setting.split("=", 2))
                .forEach(pair -> settings.put(pair[0], pair[1]));
        of(args[0], settings).forEach(name -> System.out.println("bean " + name));
        System.exit(0);
    }

    static SortedSet<String> of(String service, Map<String, Object> settings) throws Exception {
        var start = Class.forName(service).getMethod("start", Map.class);
        try (var context = (ConfigurableApplicationContext) start.invoke(null, settings)) {
            return new TreeSet<>(Arrays.asList(context.getBeanDefinitionNames()));
        }
    }
}
