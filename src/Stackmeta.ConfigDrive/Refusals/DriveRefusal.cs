namespace Stackmeta.ConfigDrive;

/// <summary>
/// Why a drive cannot be made of these files, or an image cannot be read. The sentence of each is in
/// <see cref="DriveProblem"/>. Values are never reused.
/// </summary>
public enum DriveRefusal
{
    /// <summary>Not refused.</summary>
    None = 0,

    // The options.
    LabelUnusable = 1,
    PublisherUnusable = 2,
    TimeOutOfRange = 3,

    // One path.
    PathEmpty = 10,
    PathAbsolute = 11,
    PathOutsideTree = 12,
    PathSegmentEmpty = 13,
    PathTooLong = 14,
    NameNotText = 15,
    NameCharacter = 16,
    NameEnding = 17,
    NameTooLong = 18,

    // Paths together.
    PathTwice = 20,
    PathTwiceByCase = 21,
    FileAsFolder = 22,

    // Sizes.
    FileTooLarge = 30,
    FolderTooLarge = 31,
    FoldersTooMany = 32,
    VolumeTooLarge = 33,

    // While writing.
    ContentLengthWrong = 40,
    TargetNotAFile = 41,

    // While reading.
    ImageUnknown = 50,
    ImageTruncated = 51,
    ImageCorrupt = 52,
    ImageUnsupported = 53,
    ImageTooComplex = 54,
}
