namespace Stackmeta;

/// <summary>Looks at disk and clock of this host.</summary>
static class HostObserver
{
    public static HostSight Look(DataFolder folder) =>
        new(folder.Path, FreeBytes(folder.Path), ClockBehind(folder.InventoryFile, TimeProvider.System));

    static long? FreeBytes(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? new DriveInfo(folder).AvailableFreeSpace : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static TimeSpan? ClockBehind(string file, TimeProvider time)
    {
        if (!File.Exists(file))
        {
            // The inventory is a database of another host.
            return null;
        }
        var behind = File.GetLastWriteTimeUtc(file) - time.GetUtcNow().UtcDateTime;
        return behind > TimeSpan.Zero ? behind : TimeSpan.Zero;
    }
}
