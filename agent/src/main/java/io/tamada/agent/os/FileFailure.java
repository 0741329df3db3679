package io.tamada.agent.os;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/// Says what a file system has refused. The message of its exceptions is often the bare path.
public final class FileFailure {

    private FileFailure() {}

    /// Path and cause, such as `/var/lib/x: permission denied`.
    public static String text(IOException failure) {
        return switch (failure) {
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case NoSuchFileException absent -> absent.getFile() + ": no such file or directory";
            case FileAlreadyExistsException there -> there.getFile() + ": exists already";
            case NotDirectoryException file -> file.getFile() + ": is no directory";
            case FileSystemException other when other.getReason() == null ->
                    other.getFile() + ": " + other.getClass().getSimpleName();
            default -> {
                String text = failure.getMessage();
                yield text == null || text.isEmpty() ? failure.getClass().getSimpleName() : text;
            }
        };
    }
}
