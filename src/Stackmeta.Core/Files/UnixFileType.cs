namespace Stackmeta.Core.Files;

/// <summary>What a file is, by the numbers of <c>stat.h</c>. .NET calls a device or a pipe a normal file.</summary>
enum UnixFileType
{
    Nothing = 0,
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Folder = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    Socket = 0xc000,
}
