using System.Globalization;
using System.Runtime.InteropServices;

namespace Stackmeta;

/// <summary>The terminal that standard output is, if it is one.</summary>
static partial class Terminal
{
    const int Descriptor = 1;

    /// <summary>TIOCGWINSZ of asm-generic/ioctls.h.</summary>
    const nuint GetWindowSize = 0x5413;

    /// <summary>How many characters fit on its line; null where nothing limits a line: in files, pipes and tests.</summary>
    public static int? WidthOf(TextWriter output) =>
        output is Frame frame ? frame.Width
        : IsOne(output) && TryGetSize(Descriptor, GetWindowSize, out var size) == 0 && size.Columns > 0 ? size.Columns
        : null;

    /// <summary>Whether somebody sees what is written.</summary>
    public static bool IsOne(TextWriter output) => ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;

    // Console.WindowWidth would switch the terminal's keys to another mode, and leave them there.
    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int TryGetSize(int descriptor, nuint request, out WindowSize size);

    /// <summary>A text that a terminal of some width will show as a whole.</summary>
    public sealed class Frame(int? width) : StringWriter(CultureInfo.InvariantCulture)
    {
        public int? Width => width;
    }

    /// <summary><c>struct winsize</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}
