using System.Text;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary>A file that holds one secret and that nobody but its owner, and a group of its own, may read.</summary>
static class SecretFile
{
    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the secret; white space at the end is no part of it.</summary>
    /// <param name="what">For messages, for example <c>The shared secret</c>.</param>
    /// <exception cref="SettingsException">The file is missing or cannot be used, or others may read it (OSSN-0003).</exception>
    public static string Read(string path, string what)
    {
        try
        {
            const UnixFileMode Others =
                UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
            if ((File.GetUnixFileMode(path) & Others & ~UnixFileMode.GroupRead) != UnixFileMode.None)
            {
                throw Problem(
                    path,
                    "Others may read or write this secret: chmod 600 it, or 640 with a group of its own."
                );
            }
            return StrictUtf8.GetString(File.ReadAllBytes(path)).TrimEnd();
        }
        catch (DecoderFallbackException)
        {
            // Read as replacement characters, random bytes would be a secret of few.
            throw Problem(path, $"{what} holds a byte that is not UTF-8: write it as letters and digits.");
        }
        catch (Exception e) when (SystemReason.IsOfFile(e))
        {
            throw Problem(path, $"{what} cannot be read: {SystemReason.Of(e, path)}.");
        }
    }

    static SettingsException Problem(string path, string message) => new([new SettingsProblem(path, message)]);
}
