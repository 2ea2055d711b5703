using System.Runtime.InteropServices;
using System.Text;
using Stackmeta.Core.Logging;

namespace Stackmeta;

/// <summary>
/// Standard output and error of the process. A failure of the one ends a command with a sentence, a failure of the other does not matter.
/// </summary>
static partial class StandardStreams
{
    const int GetFlags = 1;

    static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Puts them in the place of the console's, which drop what nobody reads, and throw .NET's exceptions at all else.</summary>
    public static void Install()
    {
        HoldClosed();
        Console.SetOut(new StreamWriter(OpenOutput(), _utf8) { AutoFlush = true });
        Console.SetError(
            new StreamWriter(new ForgivingStream(Console.OpenStandardError()), _utf8) { AutoFlush = true }
        );
    }

    /// <summary>Standard output for bytes.</summary>
    public static Stream OpenOutput() => new StrictStream();

    /// <summary>A descriptor that is closed would be the next file's, and what is printed would be written into it.</summary>
    static void HoldClosed()
    {
        for (var descriptor = 0; descriptor <= 2; descriptor++)
        {
            if (Control(descriptor, GetFlags, 0) < 0)
            {
                // For reading only: writing stays the error that it is.
                using var nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                if (nothing.DangerousGetHandle() == descriptor)
                {
                    nothing.SetHandleAsInvalid();
                }
                else
                {
                    _ = Duplicate((int)nothing.DangerousGetHandle(), descriptor);
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int descriptor, int target);

    /// <summary>Writes through, or throws <see cref="OutputException"/>.</summary>
    sealed class StrictStream : WriteOnlyStream
    {
        Stream? _inner;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                _inner ??= ByteOutput.Open();
                _inner.Write(buffer);
            }
            catch (Exception e) when (SystemReason.IsOfFile(e))
            {
                throw new OutputException(SystemReason.Of(e));
            }
        }
    }

    sealed class ForgivingStream(Stream inner) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            try
            {
                inner.Write(buffer);
            }
            catch (Exception e) when (SystemReason.IsOfFile(e))
            {
                // There is no other place to say it; the exit code tells.
            }
        }
    }
}
