namespace Stackmeta.ConfigDrive;

/// <summary>One thing that is wrong, for a program (<paramref name="Refusal"/>) and for a person (<see cref="Sentence"/>).</summary>
/// <param name="Refusal">The kind.</param>
/// <param name="Path">The file or folder that it is about, as it was given; null when it is about the whole drive.</param>
/// <param name="Detail">The figure, limit or place that the sentence names; empty where the kind says all.</param>
public sealed record DriveProblem(DriveRefusal Refusal, string? Path, string Detail = "")
{
    /// <summary>One sentence, with the path in front where there is one. Contains no file content.</summary>
    public string Sentence => Path is null ? Explanation : $"'{Path}': {Explanation}";

    string Explanation =>
        Refusal switch
        {
            DriveRefusal.LabelUnusable => $"The volume label cannot be used: {Detail}.",
            DriveRefusal.PublisherUnusable => "The publisher is not printable ASCII of at most 64 characters.",
            DriveRefusal.TimeOutOfRange => $"The timestamp is outside what the format can express: {Detail}.",
            DriveRefusal.PathEmpty => "A file has an empty path.",
            DriveRefusal.PathAbsolute => "The path begins with '/'; it must be relative to the drive's root.",
            DriveRefusal.PathOutsideTree => "The path contains '..' and could leave the drive.",
            DriveRefusal.PathSegmentEmpty => "The path contains an empty name or '.'.",
            DriveRefusal.PathTooLong => $"The path is too long: {Detail}.",
            DriveRefusal.NameNotText => "The path is not valid Unicode.",
            DriveRefusal.NameCharacter => $"A name contains {Detail}, which this format cannot hold.",
            DriveRefusal.NameEnding => "A name ends in '.' or a space, which this format drops.",
            DriveRefusal.NameTooLong => $"A name is too long: {Detail}.",
            DriveRefusal.PathTwice => "The path is given twice.",
            DriveRefusal.PathTwiceByCase =>
                $"The path differs only by case from '{Detail}', which vfat takes for the same.",
            DriveRefusal.FileAsFolder => "The path is used both as a file and as a folder.",
            DriveRefusal.FileTooLarge => $"The file is too large: {Detail}.",
            DriveRefusal.FolderTooLarge => $"The folder holds too much: {Detail}.",
            DriveRefusal.FoldersTooMany => $"There are too many folders: {Detail}.",
            DriveRefusal.VolumeTooLarge => $"The files do not fit: {Detail}.",
            DriveRefusal.ContentLengthWrong => $"The content did not have the announced length: {Detail}.",
            DriveRefusal.TargetNotAFile => "The target exists and is not a regular file.",
            DriveRefusal.ImageUnknown => "The image is neither an ISO 9660 nor a vfat volume.",
            DriveRefusal.ImageTruncated => $"The image ends too early: {Detail}.",
            DriveRefusal.ImageCorrupt => $"The image is corrupt: {Detail}.",
            DriveRefusal.ImageUnsupported => $"The image uses something that is not supported: {Detail}.",
            DriveRefusal.ImageTooComplex => $"The image is refused as too large a tree: {Detail}.",
            _ => Refusal.ToString(),
        };

    public override string ToString() => Sentence;
}
