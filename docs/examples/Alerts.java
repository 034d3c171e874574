import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

void main(String[] args) {
    var settings = Map.<String, Object>of(
            "bootstrap.servers", args[0], "group.id", "my-alerts",
            "isolation.level", "read_committed", "auto.offset.reset", "earliest", "allow.auto.create.topics", false);
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
        consumer.subscribe(List.of("growalert.alerts"));
        while (true) consumer.poll(Duration.ofSeconds(1)).forEach(alert -> IO.println(alert.value()));
    }
}
