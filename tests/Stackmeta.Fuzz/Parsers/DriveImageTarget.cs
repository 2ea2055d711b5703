using System.Collections.Immutable;
using Stackmeta.ConfigDrive;

namespace Stackmeta.Fuzz;

/// <summary>Images of drives that somebody made.</summary>
sealed class DriveImageTarget(DriveFormat format) : FuzzTarget
{
    /// <summary>More than all files of the sample have together; an image may say of one that it is as long as the image.</summary>
    const long MostBytes = 1024 * 1024;

    /// <summary>Where the tables are; behind them most of an image is empty.</summary>
    const int Tables = 256 * 1024;

    readonly byte[] _image = Written(format);

    /// <summary>An image is long: it is changed where it is, by chance alone, and put right again.</summary>
    public override ImmutableArray<byte[]> Samples { get; } =
    [
        [],
    ];

    public override ImmutableArray<byte[]> Words { get; } =
    [
        [],
    ];

    static byte[] Written(DriveFormat format)
    {
        VolumeFile[] files =
        [
            new("openstack/latest/meta_data.json", VolumeContent.FromText("{}")),
            new("openstack/latest/user_data", VolumeContent.FromText(new string('x', 5000))),
            new("ec2/2009-04-04/a-name-that-is-longer-than-eight-and-three.json", VolumeContent.FromText("x")),
        ];
        var time = new DateTimeOffset(2026, 2, 28, 23, 59, 58, TimeSpan.Zero);
        var drive = Drive.Prepare(files, new() { Format = format, Time = time }).DriveOrThrow();
        var stream = new MemoryStream();
        drive.WriteAsync(stream).GetAwaiter().GetResult();
        return stream.ToArray();
    }

    public override async ValueTask<string?> TryAsync(byte[] input, Random chance)
    {
        var changed = new Stack<(int At, byte Was)>();
        try
        {
            for (var count = chance.Next(1, 12); count > 0; count--)
            {
                var at = Place(chance);
                changed.Push((at, _image[at]));
                _image[at] = chance.Next(3) switch
                {
                    0 => (byte)(_image[at] + chance.Next(-2, 3)),
                    1 => (byte)(chance.Next(2) * 255),
                    _ => (byte)chance.Next(256),
                };
            }
            var length = chance.Next(20) == 0 ? chance.Next(_image.Length) : _image.Length;
            await ReadAsync(new MemoryStream(_image, 0, length, writable: false), (IsoNaming)chance.Next(4));
            return null;
        }
        finally
        {
            while (changed.TryPop(out var change))
            {
                _image[change.At] = change.Was;
            }
        }
    }

    /// <summary>Where something is written rather than where nothing is.</summary>
    int Place(Random chance)
    {
        var used = chance.Next(20) == 0 ? _image.Length : Math.Min(_image.Length, Tables);
        var at = chance.Next(used);
        for (var tries = 0; tries < 200 && _image[at] == 0; tries++)
        {
            at = chance.Next(used);
        }
        return at;
    }

    static async Task ReadAsync(Stream image, IsoNaming naming)
    {
        var reading = DriveImage.Open(image, naming);
        if (reading.IsRefused)
        {
            _ = reading.Problem.Sentence;
            return;
        }
        var (left, buffer) = (MostBytes, new byte[64 * 1024]);
        foreach (var entry in reading.Image.Entries.Where(static entry => entry.Kind == DriveEntryKind.File))
        {
            using var file = reading.Image.OpenRead(entry);
            for (int read; left > 0 && (read = await file.ReadAsync(buffer)) > 0; left -= read) { }
        }
    }
}
