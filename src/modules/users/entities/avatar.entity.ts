import { Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';

/** The picture of a person. */
@Entity('avatars')
@ForeignKey('UserEntity', ['userId'], ['id'], { name: 'avatars_user_id_fkey', onDelete: 'CASCADE' })
@Unique('avatars_name_key', ['name'])
export class AvatarEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'avatars_pkey' })
  userId: string;

  /** As in `users.avatar`: random and never used again, so that clients may cache the picture for ever. */
  @Column('text')
  name: string;

  /** A JPEG. */
  @Column('bytea')
  image: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;
}
