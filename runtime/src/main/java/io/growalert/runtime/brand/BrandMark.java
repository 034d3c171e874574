package io.growalert.runtime.brand;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;

/** The image beside the name, which is the icon of the pages, too. */
public final class BrandMark {
    private static final int LARGEST = 256 * 1024;
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    private final String extension;
    private final byte[] bytes;

    private BrandMark(String extension, byte[] bytes) {
        this.extension = extension;
        this.bytes = bytes;
    }

    /** {@code svg} or {@code png}. */
    public String extension() {
        return extension;
    }

    /** A copy of the image. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** A seedling on a square. */
    static BrandMark standard(String color) {
        var seedling = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">
              <rect width="64" height="64" rx="15" fill="%s"/>
              <path d="M32 53V31" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round"/>
              <path d="M32 36C32 22 24 14 11 14C11 28 19 36 32 36Z" fill="#fff"/>
              <path d="M32 44C32 32 40 25 53 25C53 37 45 44 32 44Z" fill="#fff"/>
            </svg>
            """.formatted(color);
        return new BrandMark("svg", seedling.getBytes(UTF_8));
    }

    static Optional<String> problem(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                return Optional.of(Brand.problem("logo", file.toString(), "expected at most 256 KiB"));
            }
            var bytes = Files.readAllBytes(file);
            return isPng(bytes) || isSvg(bytes)
                    ? Optional.empty()
                    : Optional.of(Brand.problem("logo", file.toString(), "expected an SVG or PNG image"));
        } catch (IOException e) {
            return Optional.of(Brand.problem("logo", file.toString(), "cannot be read"));
        }
    }

    static BrandMark read(Path file) {
        try {
            var bytes = Files.readAllBytes(file);
            return new BrandMark(isPng(bytes) ? "png" : "svg", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isPng(byte[] bytes) {
        return bytes.length > PNG.length && Arrays.equals(bytes, 0, PNG.length, PNG, 0, PNG.length);
    }

    private static boolean isSvg(byte[] bytes) {
        var reading = XMLInputFactory.newDefaultFactory();
        reading.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        reading.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        InputStream in = new ByteArrayInputStream(bytes);
        try {
            var elements = reading.createXMLStreamReader(in);
            boolean isRoot = false;
            int depth = 0;
            while (elements.hasNext()) {
                elements.next();
                if (elements.isStartElement()) {
                    isRoot |= depth == 0 && elements.getLocalName().equals("svg");
                    depth++;
                } else if (elements.isEndElement()) {
                    depth--;
                }
            }
            return isRoot;
        } catch (XMLStreamException e) {
            return false;
        }
    }
}
