using Microsoft.Win32.SafeHandles;

namespace Stackmeta;

/// <summary>Standard output for bytes.</summary>
static class ByteOutput
{
    const int Descriptor = 1;

    /// <summary>
    /// Opens it so that a reader that went away is an error: the console's own stream drops what nobody reads, and says nothing.
    /// </summary>
    /// <exception cref="IOException">There is none.</exception>
    public static Stream Open()
    {
        var output = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // In a file others may go on behind us; the console's stream moves the place that all share, a file's stream does not.
        return output.CanSeek ? Console.OpenStandardOutput() : output;
    }
}
