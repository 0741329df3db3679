package io.tamada.rest.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// The little of ASN.1 DER that it takes to put an older private key into PKCS #8 (ITU-T X.690).
final class Der {

    private static final byte SEQUENCE = 0x30;
    private static final byte OCTET_STRING = 0x04;
    private static final int CURVE = 0xA0;

    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    /// SEQUENCE { OID 1.2.840.113549.1.1.1 (rsaEncryption), NULL }.
    private static final byte[] RSA = {
        0x30,
        0x0D,
        0x06,
        0x09,
        0x2A,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xF7,
        0x0D,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };

    /// OID 1.2.840.10045.2.1 (ecPublicKey).
    private static final byte[] EC = {
        0x06, 0x07, 0x2A, (byte) 0x86, 0x48, (byte) 0xCE, 0x3D, 0x02, 0x01
    };

    private Der() {}

    /// PKCS #8 of a PKCS #1 key ("RSA PRIVATE KEY", RFC 8017 appendix A.1.2).
    static byte[] pkcs8OfRsa(byte[] pkcs1) {
        return element(SEQUENCE, VERSION_0, RSA, element(OCTET_STRING, pkcs1));
    }

    /// PKCS #8 of a SEC 1 key ("EC PRIVATE KEY", RFC 5915), which names its curve inside.
    ///
    /// @throws IllegalArgumentException when the key is damaged or names no curve.
    static byte[] pkcs8OfEc(byte[] sec1) {
        return element(
                SEQUENCE,
                VERSION_0,
                element(SEQUENCE, EC, curve(sec1)),
                element(OCTET_STRING, sec1));
    }

    private static byte[] curve(byte[] sec1) {
        int at = contentStart(sec1, 0);
        while (at < sec1.length) {
            int start = contentStart(sec1, at);
            int end = start + length(sec1, at);
            if (end > sec1.length) {
                break;
            }
            if ((sec1[at] & 0xFF) == CURVE) {
                return Arrays.copyOfRange(sec1, start, end);
            }
            at = end;
        }
        throw new IllegalArgumentException("the key names no curve");
    }

    private static int contentStart(byte[] der, int at) {
        int first = at(der, at + 1);
        return at + 2 + (first < 0x80 ? 0 : first & 0x7F);
    }

    private static int length(byte[] der, int at) {
        int first = at(der, at + 1);
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7F); i++) {
            length = length << 8 | at(der, at + 2 + i);
        }
        if (length < 0) {
            throw new IllegalArgumentException("the key is damaged");
        }
        return length;
    }

    private static int at(byte[] der, int index) {
        if (index >= der.length) {
            throw new IllegalArgumentException("the key is damaged");
        }
        return der[index] & 0xFF;
    }

    private static byte[] element(byte tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(length + 5);
        out.write(tag);
        if (length < 0x80) {
            out.write(length);
        } else {
            int octets = (32 - Integer.numberOfLeadingZeros(length) + 7) / 8;
            out.write(0x80 | octets);
            for (int i = octets - 1; i >= 0; i--) {
                out.write(length >>> (8 * i));
            }
        }
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
