using System.Security.Cryptography;
using System.Text;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary>The secret that agent and API share: read from its file, or made there at the first start.</summary>
static class SharedSecret
{
    /// <summary>Bytes of chance in a secret that we make; 32 is the size of the HMAC's hash (RFC 2104 §3).</summary>
    const int RandomBytes = 32;

    /// <summary>Reads the secret, making the file (mode 0600) when it is not there.</summary>
    /// <exception cref="SettingsException">The file cannot be used, or others may read it (OSSN-0003).</exception>
    public static byte[] ReadOrMake(string path)
    {
        if (!File.Exists(path))
        {
            Make(path);
        }
        return Read(path);
    }

    /// <summary>Reads the secret; white space at the end is no part of it.</summary>
    /// <exception cref="SettingsException">The file is missing or cannot be used.</exception>
    public static byte[] Read(string path) => Encoding.UTF8.GetBytes(SecretFile.Read(path, "The shared secret"));

    static void Make(string path)
    {
        try
        {
            // Written beside and linked in place, so that two first starts agree on one secret and none is half-written.
            var beside = $"{path}.{Environment.ProcessId}.new";
            using (
                var file = new FileStream(
                    beside,
                    new FileStreamOptions
                    {
                        Mode = FileMode.Create,
                        Access = FileAccess.Write,
                        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    }
                )
            )
            {
                file.Write(
                    Encoding.ASCII.GetBytes(RandomNumberGenerator.GetHexString(RandomBytes * 2, lowercase: true) + "\n")
                );
                file.Flush(flushToDisk: true);
            }
            try
            {
                File.Move(beside, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(beside);
            }
        }
        catch (Exception e) when (SystemReason.IsOfFile(e))
        {
            throw Problem(path, $"The shared secret cannot be made: {SystemReason.Of(e)}.");
        }
    }

    static SettingsException Problem(string path, string message) => new([new SettingsProblem(path, message)]);
}
